//! Filled shapes in millimetres from the top left: the circle, triangle and cross that stand for the verdicts.

use printpdf::{LinePoint, PaintMode, Point, Polygon, PolygonRing, Pt, WindingOrder};

/// Height of A4, from which PDF counts upwards.
pub(super) const PAGE_HEIGHT_MM: f32 = 297.0;
const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// How far a Bézier handle stands out to round a quarter circle.
const QUARTER: f32 = 0.552_284_8;

/// Millimetres as points.
pub(super) fn points(mm: f32) -> f32 {
    mm * POINTS_PER_MM
}

/// A place on the page.
pub(super) fn place(x_mm: f32, y_mm: f32) -> Point {
    Point { x: Pt(points(x_mm)), y: Pt(points(PAGE_HEIGHT_MM - y_mm)) }
}

/// A shape that tells a verdict without colour and without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// ●
    Circle,
    /// ▲
    Triangle,
    /// ✕
    Cross,
}

/// A filled polygon; `true` marks a Bézier handle.
pub(super) fn filled(rings: Vec<Vec<(f32, f32, bool)>>) -> Polygon {
    let ring = |corners: Vec<(f32, f32, bool)>| PolygonRing {
        points: corners
            .into_iter()
            .map(|(x, y, bezier)| LinePoint { p: place(x, y), bezier })
            .collect(),
    };
    Polygon {
        rings: rings.into_iter().map(ring).collect(),
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    }
}

/// The shape in a square of `side_mm` whose top left corner is at `x`, `y`.
pub(super) fn shape(shape: Shape, x: f32, y: f32, side_mm: f32) -> Polygon {
    let half = side_mm / 2.0;
    let (cx, cy) = (x + half, y + half);
    let corners = match shape {
        Shape::Circle => circle(cx, cy, half),
        Shape::Triangle => vec![
            (cx, y + side_mm * 0.04, false),
            (x + side_mm, y + side_mm * 0.92, false),
            (x, y + side_mm * 0.92, false),
        ],
        Shape::Cross => cross(cx, cy, half),
    };
    filled(vec![corners])
}

fn circle(cx: f32, cy: f32, radius: f32) -> Vec<(f32, f32, bool)> {
    let handle = radius * QUARTER;
    let quarter = |from: (f32, f32), to: (f32, f32)| {
        [
            (cx + from.0 * radius, cy + from.1 * radius, false),
            (cx + from.0 * radius + to.0 * handle, cy + from.1 * radius + to.1 * handle, true),
            (cx + to.0 * radius + from.0 * handle, cy + to.1 * radius + from.1 * handle, true),
        ]
    };
    let turns = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)];
    let mut corners: Vec<_> =
        turns.iter().zip(turns.iter().skip(1)).flat_map(|(from, to)| quarter(*from, *to)).collect();
    corners.push((cx + radius, cy, false));
    corners
}

fn cross(cx: f32, cy: f32, half: f32) -> Vec<(f32, f32, bool)> {
    // Two bars of a fifth of the square, turned by 45 degrees: twelve corners.
    let (near, far) = (half * 0.28, half);
    let corners = [
        (0.0, -near),
        (far - near, -far),
        (far, near - far),
        (near, 0.0),
        (far, far - near),
        (far - near, far),
        (0.0, near),
        (near - far, far),
        (-far, far - near),
        (-near, 0.0),
        (-far, near - far),
        (near - far, -far),
    ];
    corners.iter().map(|(dx, dy)| (cx + dx, cy + dy, false)).collect()
}
