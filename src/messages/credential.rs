//! What the room `credential` may refuse.

use crate::messages::catalogue;

catalogue! {}
