//! PDF pages → bytes.
