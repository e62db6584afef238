"""The kinds of answer, one file each: its type, its reader, its stage."""
