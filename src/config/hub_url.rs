//! The hub's address: encrypted, or on this very box.

use super::ConfigError;
use std::fmt;

/// An `https://` URL, or `http://` to a loopback address for drills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubUrl(String);

impl HubUrl {
    /// Checks the scheme and the host. A password in the URL is refused: URLs end up in logs.
    ///
    /// # Errors
    /// [`ConfigError::HubUrl`].
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = text.trim().trim_end_matches('/');
        let (scheme, rest) = url.split_once("://").ok_or(ConfigError::HubUrl)?;
        let authority = rest.split('/').next().unwrap_or_default();
        let clean =
            !url.contains(|c: char| c.is_whitespace() || c.is_control() || "?#\\".contains(c));
        let allowed = match scheme {
            "https" => !host(authority).is_empty(),
            "http" => matches!(host(authority), "127.0.0.1" | "[::1]" | "localhost"),
            _ => false,
        };
        if allowed && clean && !authority.contains('@') {
            Ok(Self(url.into()))
        } else {
            Err(ConfigError::HubUrl)
        }
    }

    /// The URL without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The authority without its port.
fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

impl fmt::Display for HubUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
