//! Wires the rooms into an appliance.
