//! A hub on a loopback port that can be killed and brought back.

use crate::{
    demo::script::Broken,
    hub::{self, Hub},
};
use std::{net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot};

/// The serving hub.
pub struct HubServer {
    hub: Arc<Hub>,
    address: SocketAddr,
    running: Option<(Runtime, oneshot::Sender<()>)>,
}

impl HubServer {
    /// Serves on a free loopback port.
    pub fn start(hub: Arc<Hub>) -> Result<Self, Broken> {
        let mut server =
            Self { hub, address: SocketAddr::from(([127, 0, 0, 1], 0)), running: None };
        server.revive()?;
        Ok(server)
    }

    /// Serves again on the same port.
    pub fn revive(&mut self) -> Result<(), Broken> {
        let broken = |e: std::io::Error| Broken(format!("hub: {e}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(broken)?;
        let listener = runtime.block_on(TcpListener::bind(self.address)).map_err(broken)?;
        self.address = listener.local_addr().map_err(broken)?;
        let (stop, stopped) = oneshot::channel();
        let hub = self.hub.clone();
        runtime.spawn(hub::serve(hub, listener, async move {
            let _ = stopped.await;
        }));
        self.running = Some((runtime, stop));
        Ok(())
    }

    /// Gone, as in a power cut: no goodbye to anybody.
    pub fn kill(&mut self) {
        if let Some((runtime, stop)) = self.running.take() {
            drop(stop);
            runtime.shutdown_background();
        }
    }

    /// Where it serves.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for HubServer {
    fn drop(&mut self) {
        self.kill();
    }
}
