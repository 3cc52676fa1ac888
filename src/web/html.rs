//! Two languages side by side in a page, escaped.

use crate::messages::words::Phrase;
use askama::filters::{Escaper, Html, HtmlSafe};
use std::fmt;

/// A text in both languages that was put together while answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) ja: String,
    pub(super) en: String,
}

impl Said {
    pub(super) fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// The same in both: a name, a date, a number.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { ja: text.into(), en: String::new() }
    }

    pub(super) fn both(&self) -> Both<'_> {
        Both { ja: &self.ja, en: &self.en }
    }
}

impl From<Phrase> for Said {
    fn from(phrase: Phrase) -> Self {
        Self::new(phrase.ja, phrase.en)
    }
}

impl Phrase {
    pub(super) fn both(&self) -> Both<'static> {
        Both { ja: self.ja, en: self.en }
    }
}

/// Japanese first, English small beside it. Writes its own tags and escapes what stands between them.
pub(super) struct Both<'a> {
    ja: &'a str,
    en: &'a str,
}

impl fmt::Display for Both<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<span lang=\"ja\">")?;
        Html.write_escaped_str(&mut *f, self.ja)?;
        f.write_str("</span>")?;
        if !self.en.is_empty() {
            f.write_str(" <span class=\"en\" lang=\"en\">")?;
            Html.write_escaped_str(&mut *f, self.en)?;
            f.write_str("</span>")?;
        }
        Ok(())
    }
}

// The texts inside are escaped above; the tags are ours.
impl HtmlSafe for Both<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_tags_is_escaped() {
        let page = Said::new("<b>&", "\"x\"").both().to_string();
        assert!(!page.contains("<b>") && page.contains("&#60;b&#62;&#38;"), "{page}");
    }
}
