//! What the room `disaster` may refuse.

use crate::messages::catalogue;

catalogue! {}
