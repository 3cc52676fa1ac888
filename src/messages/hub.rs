//! What the room `hub` may refuse.

use crate::messages::catalogue;

catalogue! {}
