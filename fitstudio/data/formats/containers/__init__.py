"""Tables that are packed in another file: compressed text, archives, workbooks."""
