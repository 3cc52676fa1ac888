//! The signed trust list: which key may sign what, where, and until when.
