//! What the room `health` may refuse.

use crate::messages::catalogue;

catalogue! {}
