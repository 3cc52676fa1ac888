//! What the room `journal` may refuse.

use crate::messages::catalogue;

catalogue! {}
