//! warp: routes, pages, JSON, status codes.
