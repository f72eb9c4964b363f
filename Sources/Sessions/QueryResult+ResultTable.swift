import Observations
import Postgres

extension QueryResult: ResultTable {
    package var tableColumns: [TableColumn] {
        columns.map { TableColumn(name: $0.name, typeOID: $0.typeOID, isBinary: $0.isBinary) }
    }
}
