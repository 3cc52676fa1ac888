//! What a running service says of itself on standard error: codes and counts, nobody's data.

use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins to speak. Only this program's own lines are let through: a library may log whatever it was handed.
pub fn begin() {
    // Often read by systemd, which has no colours. Where nobody reads any more, a line is lost; the box must not panic.
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(false).log_internal_errors(false);
    let ours = Targets::new().with_target("sonae", Level::INFO);
    // Somebody else may have begun already, as in tests; then they listen.
    let _ = tracing_subscriber::registry().with(lines).with(ours).try_init();
}
