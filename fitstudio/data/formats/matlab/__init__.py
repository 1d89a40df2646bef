"""Reads files of MATLAB, and MATLAB's arrays in HDF5."""
