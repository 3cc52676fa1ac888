//! What the room `cli` may refuse.

use crate::messages::catalogue;

catalogue! {}
