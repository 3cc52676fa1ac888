//! Scanner text, pictures and PDF pages → payload.
