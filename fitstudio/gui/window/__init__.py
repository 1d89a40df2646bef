"""The frame around the pages: header, rail, menus, notices, dialogs."""
