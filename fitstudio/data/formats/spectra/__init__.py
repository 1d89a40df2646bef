"""Spectra of instruments: JCAMP-DX and SPC, single files and folders of them."""
