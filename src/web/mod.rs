//! warp: routes, pages, JSON, status codes.
use crate::app::Appliance;
use std::sync::Arc;
/// x
pub enum Purpose {
    /// x
    Practice,
    /// x
    Service,
}
/// x
pub async fn serve(
    _a: Arc<Appliance>,
    _l: tokio::net::TcpListener,
    _p: Purpose,
    s: impl Future<Output = ()>,
) {
    s.await;
}
