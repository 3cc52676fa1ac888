//! What the room `print` may refuse.

use crate::messages::catalogue;

catalogue! {}
