"""The 62 faults of the matrix, and for each how FitStudio's behaviour is known.

A row names tests by file and function; `benchmarks/reliability.py` refuses to write a table that
names a test which is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How well a row is known to hold."""

    TESTED = "tested"
    PARTLY = "partly tested"
    NOT_HERE = "cannot be tested here"
    NOT_YET = "not built yet"


@dataclass(frozen=True)
class Fault:
    """One row.

    Args:
        number: Its number in the matrix.
        name: What goes wrong.
        state: How well the behaviour is known.
        tests: Where, as "folder/file.py::function" below `tests/`.
        note: What the tests leave open, or why there are none.
    """

    number: int
    name: str
    state: State
    tests: tuple[str, ...] = ()
    note: str = ""


def _row(number: int, name: str, state: State, *tests: str, note: str = "") -> Fault:
    return Fault(number, name, state, tests, note)


_KILLS = "reliability/test_kills.py"
_CUTS = "reliability/test_power_cuts.py"
_SURVIVING = "process/test_surviving.py"
_RESUMING = "process/test_resuming.py"
_FAILING = "process/test_failing.py"
_USING = "process/test_using.py"
_RUNS = "unit/actions/test_runs.py"
_PROJECTS = "unit/actions/test_projects.py"
_PROJECT = "unit/project/test_project.py"
_ATOMIC = "unit/storage/test_atomic.py"
_FOLDER = "unit/storage/test_folder.py"
_JOURNAL = "unit/journal/test_journal.py"
_BATCHES = "unit/journal/test_batch_history.py"
_CHECKPOINT = "unit/engine/state/test_checkpoint.py"
_KEEPING = "unit/worker/saving/test_checkpoints.py"
_TABLES = "unit/data/formats/text/test_table.py"
_ARRAYS = "unit/data/test_arrays.py"
_HDF5 = "unit/data/formats/hdf5/test_hdf5.py"
_ENCODINGS = "unit/data/test_encodings.py"
_PREPARE = "unit/data/preparing/test_prepare.py"
_FUZZ = "unit/data/test_fuzz.py"
_SHELL = "gui/test_shell.py"

FAULTS = (
    _row(
        1,
        "Worker killed at any byte of a checkpoint",
        State.TESTED,
        f"{_KILLS}::test_fault_01_random_kills_lose_no_epoch_and_end_in_the_same_bits",
        f"{_KILLS}::test_fault_01_a_kill_at_every_byte_and_step_of_a_save_leaves_a_verified_checkpoint",
        f"{_RESUMING}::test_1_a_killed_run_goes_on_from_its_last_epoch",
    ),
    _row(
        2,
        "Worker killed between history line and checkpoint",
        State.TESTED,
        f"{_KILLS}::test_fault_01_random_kills_lose_no_epoch_and_end_in_the_same_bits",
        f"{_RUNS}::test_fault_02_resume_goes_on_and_ends",
        "unit/worker/saving/test_held_journal.py::test_an_epoch_waits_for_its_checkpoint_and_keeps_its_place",
    ),
    _row(
        3,
        "Torn last line of the journal",
        State.TESTED,
        f"{_JOURNAL}::test_fault_03_a_line_torn_at_any_byte_is_dropped_and_the_next_one_is_whole",
    ),
    _row(
        4,
        "Window killed during training",
        State.TESTED,
        f"{_SURVIVING}::test_fault_04_and_05_a_killed_window_leaves_its_run_training",
        note="that the weights are those of an undisturbed run is tested with killed workers (1)",
    ),
    _row(
        5,
        "Window and worker killed together",
        State.TESTED,
        f"{_SURVIVING}::test_fault_04_and_05_a_killed_window_leaves_its_run_training",
        f"{_RUNS}::test_fault_05_a_run_whose_process_is_gone_is_noted_as_interrupted",
        "gui/test_start_page.py::test_a_run_that_was_cut_off_is_offered_to_go_on",
    ),
    _row(
        6,
        "Power cut",
        State.TESTED,
        f"{_CUTS}::test_fault_06_2000_power_cuts_at_project_saves_leave_a_project_that_opens",
        f"{_CUTS}::test_fault_06_2000_power_cuts_at_checkpoint_saves_leave_a_verified_one",
        f"{_CUTS}::test_fault_06_2000_power_cuts_at_journal_lines_cost_no_promised_one",
        note="simulated: no machine was switched off",
    ),
    _row(
        7,
        "Disk full at a checkpoint",
        State.TESTED,
        f"{_SURVIVING}::test_fault_07_disk_full_at_a_checkpoint_pauses_the_run_until_there_is_room",
        f"{_FOLDER}::test_fault_07_every_failing_step_leaves_a_verified_checkpoint",
        f"{_KEEPING}::test_7_a_full_disk_pauses_the_run_until_there_is_room",
        f"{_CHECKPOINT}::test_7_a_full_disk_keeps_the_old_one_and_can_be_tried_again",
        note="a full disk is played by RLIMIT_FSIZE and by failing steps",
    ),
    _row(
        8,
        "Disk full at the journal",
        State.TESTED,
        f"{_JOURNAL}::test_fault_08_on_a_full_disk_lines_wait_and_come_in_order",
        f"{_JOURNAL}::test_fault_08_lines_in_memory_are_bounded_and_epochs_are_kept_longest",
        f"{_JOURNAL}::test_fault_08_a_journal_survives_a_disk_that_takes_half_a_line",
    ),
    _row(
        9,
        "Disk full at a project save",
        State.TESTED,
        f"{_PROJECT}::test_fault_09_every_failing_step_of_a_save_leaves_a_project_that_opens",
        f"{_ATOMIC}::test_fault_09_every_failing_step_leaves_the_old_or_the_new_file",
        f"{_RUNS}::test_fault_09_a_full_disk_leaves_no_half_run",
        note="reports do not exist yet",
    ),
    _row(
        10,
        "Read-only project folder",
        State.TESTED,
        f"{_PROJECT}::test_fault_10_a_read_only_folder_opens_for_viewing",
        f"{_PROJECT}::test_fault_10_a_folder_with_mode_0555_opens_for_viewing",
        f"{_SURVIVING}::test_fault_10_a_run_in_a_folder_for_reading_only_says_why_it_cannot_start",
    ),
    _row(
        11,
        "Folder moved during a run",
        State.TESTED,
        f"{_SURVIVING}::test_fault_11_a_folder_that_is_moved_away_pauses_the_run_until_it_is_back",
        note="it waits for the folder to come back; it cannot be told a new place",
    ),
    _row(
        12,
        "Run deleted from outside while shown",
        State.TESTED,
        f"{_RUNS}::test_fault_12_a_run_removed_from_outside_is_missing",
    ),
    _row(
        13,
        "Loss becomes NaN or infinite",
        State.PARTLY,
        f"{_FAILING}::test_13_a_loss_that_is_no_number_ends_the_run_and_says_why",
        f"{_FAILING}::test_13_the_last_good_weights_stay",
        note="stop and go on are built; going back with a lower rate by itself is not",
    ),
    _row(
        14,
        "Out of memory on the device",
        State.TESTED,
        f"{_FAILING}::test_14_a_batch_that_does_not_fit_is_trained_in_parts",
        f"{_FAILING}::test_14_the_rescue_can_be_switched_off",
        note="the error is played",
    ),
    _row(
        15,
        "Windows driver moves device memory to RAM",
        State.NOT_YET,
        note="no detection yet; needs a Windows machine with a GPU to be trusted",
    ),
    _row(
        16,
        "Memory of the machine runs out",
        State.TESTED,
        f"{_SURVIVING}::test_fault_16_a_worker_whose_memory_is_used_up_ends_with_that_reason",
        f"{_RUNS}::test_fault_05_a_run_whose_process_is_gone_is_noted_as_interrupted",
        note="a worker that the system killed is told by its signal, if we started it",
    ),
    _row(
        17,
        "Worker crashes inside a library",
        State.TESTED,
        f"{_FAILING}::test_17_a_crash_leaves_the_stack_in_a_file",
    ),
    _row(
        18,
        "Worker hangs",
        State.TESTED,
        f"{_SURVIVING}::test_fault_18_a_stopped_worker_is_named_and_can_be_ended",
        f"{_RUNS}::test_fault_18_a_worker_that_hangs_is_named",
    ),
    _row(
        19,
        "Worker cannot start",
        State.TESTED,
        f"{_RUNS}::test_fault_19_a_worker_that_ends_at_once_leaves_its_log_and_a_failed_run",
        f"{_RUNS}::test_fault_19_a_worker_that_is_not_there_is_said_so",
        f"{_RUNS}::test_fault_19_a_worker_that_says_nothing_is_ended_after_the_time_for_it",
    ),
    _row(
        20,
        "Corrupt data files",
        State.TESTED,
        f"{_FUZZ}::test_damaged_files_never_crash_the_reader",
        note="200 of each kind that is read (CSV, NPY, NPZ, HDF5); 2,000 a release by hand",
    ),
    _row(
        21,
        "File cut in the middle of training",
        State.TESTED,
        f"{_SURVIVING}::test_fault_21_a_data_file_cut_during_training_leaves_a_run_to_resume",
    ),
    _row(
        22,
        "Empty file, header only",
        State.TESTED,
        f"{_TABLES}::test_files_without_rows_are_refused_in_words",
    ),
    _row(
        23,
        "Wrong encoding",
        State.TESTED,
        f"{_ENCODINGS}::test_the_encoding_is_found",
        f"{_ENCODINGS}::test_a_wrong_encoding_is_refused_with_the_line",
    ),
    _row(
        24,
        "Decimal comma, thousands marks",
        State.TESTED,
        f"{_TABLES}::test_semicolons_and_decimal_commas",
        f"{_TABLES}::test_points_between_thousands_and_a_decimal_comma",
        f"{_TABLES}::test_text_after_many_rows_of_numbers_is_counted_and_placed",
    ),
    _row(
        25,
        "Huge numbers, constant column, 100,000 classes",
        State.TESTED,
        f"{_TABLES}::test_numbers_too_large_are_flagged",
        f"{_TABLES}::test_twenty_digits_are_flagged_as_rounded",
        f"{_TABLES}::test_many_classes_are_not_listed",
    ),
    _row(
        26,
        "Double or empty names, 5,000 columns",
        State.TESTED,
        f"{_TABLES}::test_double_and_empty_names_are_changed_visibly",
        f"{_TABLES}::test_five_thousand_columns",
        note="how the table view of the window responds is not measured",
    ),
    _row(
        27,
        "Target with one class, class missing in validation",
        State.PARTLY,
        f"{_PREPARE}::test_one_class_is_refused",
        note="a class that only validation lacks is advice of the check, tested with the rules",
    ),
    _row(
        28,
        "Data file changed between runs",
        State.TESTED,
        f"{_FAILING}::test_28_data_that_changed_are_refused_on_resume",
        f"{_RUNS}::test_fault_60_every_difference_at_a_resume_is_named_and_decides",
    ),
    _row(
        29,
        "Data file missing",
        State.PARTLY,
        "gui/test_data_page.py::test_a_file_that_is_gone_is_named_with_a_way_out",
        note="one file at a time; all files of a moved folder at once is not built",
    ),
    _row(
        30,
        "Two windows on one project",
        State.TESTED,
        f"{_PROJECT}::test_fault_30_a_second_window_opens_read_only_and_says_who_holds_it",
        f"{_PROJECT}::test_fault_30_the_lock_of_a_killed_process_is_taken_over",
        f"{_PROJECT}::test_fault_30_a_holder_on_another_computer_counts_as_alive_until_taken_over",
        f"{_PROJECT}::test_fault_30_a_share_that_knows_no_locks_is_decided_by_the_note",
        f"{_SHELL}::test_a_second_window_opens_for_reading",
    ),
    _row(
        31,
        "Two workers on one run",
        State.TESTED,
        f"{_RESUMING}::test_31_two_processes_cannot_train_one_run",
        f"{_PROJECT}::test_fault_31_a_run_has_one_writer",
        f"{_RUNS}::test_fault_31_a_run_that_is_trained_cannot_be_resumed_or_discarded",
    ),
    _row(
        32,
        "Clock jumps",
        State.TESTED,
        f"{_JOURNAL}::test_fault_32_durations_come_from_the_steady_clock",
    ),
    _row(
        33,
        "Sleep, hibernation",
        State.PARTLY,
        "unit/worker/watching/test_heartbeat.py::test_fault_33_a_computer_that_slept_is_noticed_and_told",
        note="the gap is told; the computer is not kept awake, and a GPU lost by sleeping ends the "
        "run, which can be resumed",
    ),
    _row(
        34,
        "Log-out or shutdown",
        State.PARTLY,
        f"{_RESUMING}::test_34_sigterm_saves_and_ends",
        note="SIGTERM; the Windows message needs a Windows machine",
    ),
    _row(
        35,
        "Odd characters in paths",
        State.TESTED,
        f"{_PROJECT}::test_fault_35_any_folder_name_works",
        f"{_SURVIVING}::test_extending_a_run_goes_on_as_one_run_of_that_length_would_have",
        note="all process tests train in a folder with a space and an umlaut",
    ),
    _row(
        36,
        "Long paths, reserved names",
        State.PARTLY,
        f"{_PROJECT}::test_fault_36_names_suit_every_system",
        f"{_PROJECT}::test_fault_36_a_path_of_3000_characters_works",
        f"{_PROJECT}::test_fault_36_a_path_beyond_the_systems_limit_is_refused_with_the_reason",
        note="Windows' own limits need a Windows machine",
    ),
    _row(
        37,
        "Odd or missing home folder",
        State.PARTLY,
        f"{_PROJECTS}::test_fault_37_a_home_that_cannot_be_written_hinders_nothing",
        note="the recent projects; the window's own settings are not covered",
    ),
    _row(
        38,
        "Locale with a decimal comma",
        State.PARTLY,
        "gui/test_training_page.py::test_decimal_point_and_comma_are_read",
        "unit/viewmodel/test_number_text.py::test_numbers_are_read_as_people_write_them",
        note="files never depend on the locale (Python); Turkish and C locales are not run",
    ),
    _row(
        39,
        "Screen scaling, small screens",
        State.PARTLY,
        f"{_SHELL}::test_the_window_folds_as_it_gets_narrow",
        f"{_SHELL}::test_size_and_page_come_back",
        note="screenshots at 1280×800 and 4K are looked at by hand",
    ),
    _row(
        40,
        "No GPU, or another one, at reopening",
        State.PARTLY,
        f"{_RUNS}::test_fault_60_every_difference_at_a_resume_is_named_and_decides",
        "unit/engine/test_device.py::test_40_without_a_gpu_the_cpu_is_taken_and_the_reason_said",
        note="checkpoints hold no device, so they load anywhere; a lost GPU is played",
    ),
    _row(
        41,
        "Project of an older version",
        State.TESTED,
        "golden/test_golden.py::test_fault_41_a_project_of_every_format_opens_and_its_runs_are_there",
        "golden/test_golden.py::test_fault_41_the_checkpoints_of_every_format_verify_and_load",
        f"{_PROJECT}::test_fault_41_older_formats_are_brought_up_step_by_step",
    ),
    _row(
        42,
        "Project of a newer version",
        State.TESTED,
        f"{_PROJECT}::test_fault_42_a_project_of_a_later_version_opens_read_only_and_is_never_rewritten",
        "golden/test_golden.py::test_fault_42_of_a_later_format_nothing_is_written",
    ),
    _row(
        43,
        "Hostile pickles",
        State.TESTED,
        f"{_ARRAYS}::test_pickled_objects_are_refused_and_nothing_runs",
        "rules/test_safety.py::test_no_module_can_run_code_from_a_file",
        note="no reader for .pt or joblib files exists",
    ),
    _row(
        44,
        "Hostile HDF5",
        State.TESTED,
        f"{_HDF5}::test_external_storage_reads_no_foreign_file",
        f"{_HDF5}::test_virtual_datasets_are_refused",
        f"{_HDF5}::test_filters_that_need_a_plugin_are_refused",
        f"{_HDF5}::test_a_small_file_that_claims_a_terabyte_is_refused",
        f"{_HDF5}::test_no_plugins_are_looked_for",
    ),
    _row(
        45,
        "Hostile zip project",
        State.NOT_YET,
        note="projects are not imported from archives; there is nothing to attack yet",
    ),
    _row(
        46,
        "Hostile specification",
        State.TESTED,
        "unit/declared/kinds/test_limits.py::test_hostile_json_is_refused",
        "unit/declared/test_run_spec.py::test_deep_and_huge_values_are_refused",
        "unit/declared/test_run_spec.py::test_broken_structure_never_raises_anything_else",
        f"{_ATOMIC}::test_fault_46_a_file_that_is_not_json_is_named",
        f"{_RUNS}::test_one_damaged_run_shows_as_such_and_the_others_are_there",
    ),
    _row(
        47,
        "Hostile rich text in names and notes",
        State.TESTED,
        "gui/test_unfriendly_folders.py::test_fault_47_names_and_notes_are_shown_as_plain_text",
        note="images are not read yet",
    ),
    _row(
        48,
        "Formula text on export",
        State.TESTED,
        "unit/worker/test_worker_files.py::test_48_text_is_never_a_formula",
        note="CSV of predictions, the one export there is",
    ),
    _row(
        49,
        "Slow or dropping network share",
        State.PARTLY,
        "gui/test_unfriendly_folders.py::test_fault_49_a_slow_folder_does_not_hold_the_window_up",
        note="changing settings; a share that drops is fault 11",
    ),
    _row(
        50,
        "File held open by a virus scanner",
        State.TESTED,
        f"{_ATOMIC}::test_fault_50_a_file_held_open_on_windows_is_tried_again",
        f"{_ATOMIC}::test_fault_50_a_file_held_open_for_ever_is_reported_after_two_and_a_half_seconds",
        note="Windows' errors are played",
    ),
    _row(
        51,
        "1,000,000 batches, 100,000 lines, 500 runs",
        State.TESTED,
        f"{_BATCHES}::test_fault_51_1_000_000_batches_are_read_at_once",
        f"{_JOURNAL}::test_fault_51_100_000_lines_are_read_and_folded_into_bounded_memory",
        f"{_RUNS}::test_fault_51_500_runs_are_listed_from_their_summaries",
        "gui/test_plots.py::test_ten_million_points_are_redrawn_quickly",
    ),
    _row(
        52,
        "Out of file handles or address space",
        State.PARTLY,
        f"{_SURVIVING}::test_fault_52_a_worker_without_files_or_memory_to_start_says_so",
        note="of the worker; the window without handles is not tried",
    ),
    _row(
        53,
        "Log grows without end",
        State.TESTED,
        "unit/worker/test_worker_files.py::test_53_the_log_folds_repeats_and_ends",
    ),
    _row(
        54,
        "Exception in a slot or paint event",
        State.PARTLY,
        f"{_SHELL}::test_an_unexpected_error_is_shown_once",
        note="slots; a paint event that raises is not tried",
    ),
    _row(
        55,
        "Reference bug of the toolkit",
        State.TESTED,
        "rules/test_toolkit.py::test_qt_calls_keep_their_references_to_none",
    ),
    _row(
        56,
        "Window closed during a run",
        State.TESTED,
        f"{_SHELL}::test_closing_during_a_run_asks",
        f"{_SHELL}::test_the_question_at_closing_can_be_answered_by_keys",
    ),
    _row(
        57,
        "Settings file damaged",
        State.PARTLY,
        f"{_PROJECTS}::test_fault_57_damaged_settings_are_passed_over_and_written_anew",
        note="the recent projects; the window's geometry is Qt's own file",
    ),
    _row(
        58,
        "Three crashes at start-up",
        State.NOT_YET,
        note="there is no safe mode; the window opens on the start page unless told otherwise",
    ),
    _row(
        59,
        "Bit rot in a checkpoint",
        State.TESTED,
        f"{_CHECKPOINT}::test_59_each_of_300_flipped_bits_is_noticed",
        f"{_FOLDER}::test_fault_59_any_flipped_bit_is_noticed_before_loading",
        f"{_RESUMING}::test_59_a_damaged_checkpoint_is_passed_over_and_that_is_said",
    ),
    _row(
        60,
        "Resume with changed settings, code, torch, threads, data",
        State.TESTED,
        f"{_RUNS}::test_fault_60_every_difference_at_a_resume_is_named_and_decides",
        "unit/engine/test_device.py::test_60_what_changes_bits_is_named",
    ),
    _row(
        61,
        "One of several GPUs' processes dies",
        State.NOT_YET,
        note="a run uses one device",
    ),
    _row(
        62,
        "Export target exists or is the source",
        State.PARTLY,
        f"{_USING}::test_62_the_source_and_the_project_are_never_overwritten",
        note="a target that Excel holds open needs a Windows machine",
    ),
)
