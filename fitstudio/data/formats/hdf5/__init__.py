"""Reads HDF5 files, and with them netCDF and Keras files."""
