"""Recordings of signals: sound, EDF and BDF, TDMS; cut into windows that are samples."""
