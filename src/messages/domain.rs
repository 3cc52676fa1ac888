//! What the room `domain` may refuse.

use crate::messages::catalogue;

catalogue! {}
