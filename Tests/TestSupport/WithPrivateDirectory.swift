import Demo

/// Lends a private directory to `body` and removes it, servers included, however `body` ends.
@discardableResult
package func withPrivateDirectory<Result>(
    prefix: String = "poolscope-test", _ body: (PrivateDirectory) async throws -> Result
) async throws -> Result {
    let directory = try await PrivateDirectory.create(prefix: prefix)
    do {
        let result = try await body(directory)
        await directory.remove()
        return result
    } catch {
        await directory.remove()
        throw error
    }
}
