//! What the room `trust` may refuse.

use crate::messages::catalogue;

catalogue! {}
