//! What the room `notebook` may refuse.

use crate::messages::catalogue;

catalogue! {}
