//! What the room `snapshot` may refuse.

use crate::messages::catalogue;

catalogue! {}
