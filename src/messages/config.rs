//! What the room `config` may refuse.

use crate::messages::catalogue;

catalogue! {}
