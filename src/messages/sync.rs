//! What the room `sync` may refuse.

use crate::messages::catalogue;

catalogue! {}
