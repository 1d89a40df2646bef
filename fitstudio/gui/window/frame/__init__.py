"""What the window always shows: header, rail, pages, side panel, notices."""
