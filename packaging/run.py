"""Makes the environment where needed, then opens FitStudio on its start page.

    python3 packaging/run.py                                        the window, on the start page
    python3 packaging/run.py PROJECT                                the window, on a project
    python3 packaging/run.py --example penguins --train --exit-when-done

Without a display it says so and trains the example in the terminal, or, with PROJECT --train, the
project. Other arguments are those of the `fitstudio` command.
"""

from __future__ import annotations

import subprocess
import sys

import environment

sys.path.append(str(environment.ROOT))
from fitstudio.cli import is_command  # needs nothing that is to be installed first


def main(arguments: list[str]) -> int:
    """Returns the exit status of what was started."""
    try:
        python = environment.ensure_environment(with_tools=False)
    except environment.SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    if not is_command(arguments):
        if environment.has_display():
            hindrance = environment.missing_library_message(x11=environment.has_x11_display())
        else:
            environment.say(
                "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): "
                "working in the terminal instead of opening the window."
            )
            arguments, hindrance = in_terminal(arguments)
        if hindrance:
            print(hindrance, file=sys.stderr)
            return 1
    try:
        return subprocess.call([str(python), "-m", "fitstudio", *arguments])
    except KeyboardInterrupt:
        return 130


def in_terminal(arguments: list[str]) -> tuple[list[str], str | None]:
    """The command that does in the terminal what the arguments ask of the window.

    Returns:
        The command's words, and why there are none where a project was only to be looked at.
    """
    if "--example" in arguments[:-1]:
        return ["demo", "--example", arguments[arguments.index("--example") + 1]], None
    project = next((word for word in arguments if not word.startswith("-")), None)
    if project is None:
        return ["demo", "--example", "penguins"], None
    if "--train" in arguments:
        return ["train", project], None
    return [], (
        f'To train the project:\n\n    python3 packaging/run.py train "{project}"\n\n'
        "python3 packaging/run.py --help lists what else can be done."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
