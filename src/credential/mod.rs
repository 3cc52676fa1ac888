//! QR credentials: digits → bytes → verified claims; revocation lists.
