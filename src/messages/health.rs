//! What the room `health` may refuse: nothing. What the doctor finds is a check of the health room, not a refusal.

use crate::messages::catalogue;

catalogue! {}
