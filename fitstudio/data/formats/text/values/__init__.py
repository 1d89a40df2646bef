"""How single cells are written: numbers, dates, units."""
