/// The cells of the grid that a panel covers.
struct GridPlace {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    var json: JSON { ["h": .integer(height), "w": .integer(width), "x": .integer(x), "y": .integer(y)] }
}
