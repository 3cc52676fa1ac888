//! What the room `web` may refuse.

use crate::messages::catalogue;

catalogue! {}
