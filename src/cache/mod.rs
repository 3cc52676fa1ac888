//! The only room that names sled: one immutable directory per release, switched by a pointer file.
