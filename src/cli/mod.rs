//! One file per command; words → a typed command.
