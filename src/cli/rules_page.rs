//! The rules as a page of Markdown, Japanese first.

use serde_json::Value;
use std::fmt::Write as _;

/// The page, from the document of `sonae rules`.
pub fn page(document: &Value) -> String {
    let mut page = String::new();
    let _ = write!(page, "{document:#}");
    page
}
