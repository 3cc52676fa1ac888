//! What the room `scan` may refuse.

use crate::messages::catalogue;

catalogue! {}
