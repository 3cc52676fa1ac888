//! What the room `app` may refuse.

use crate::messages::catalogue;

catalogue! {}
