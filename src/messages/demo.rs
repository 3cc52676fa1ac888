//! What the room `demo` may refuse.

use crate::messages::catalogue;

catalogue! {}
