//! What the room `cache` may refuse.

use crate::messages::catalogue;

catalogue! {}
