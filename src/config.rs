//! Profile, file and environment, settled once into `Config`.
