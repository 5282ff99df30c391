"""DescribeDBClusters and DescribeGlobalClusters tell what there is in pages.

Moto tells all at once. Instances it pages itself.
"""

from moto.core.responses import ActionResult, PaginatedResult
from moto.core.utils import get_pagination_model
from moto.rds.responses import RDSResponse

# By operation: its method of moto's, and what a page's marker names.
_PAGED = {
    "DescribeDBClusters": ("describe_db_clusters", "db_cluster_identifier"),
    "DescribeGlobalClusters": ("describe_global_clusters", "global_cluster_identifier"),
}


def install() -> None:
    """Have their answers cut into pages of `MaxRecords`, 100 unless told, with a marker."""
    for operation, (method, identifier) in _PAGED.items():
        get_pagination_model("rds")[operation]["unique_attribute"] = identifier
        _page(method)


def _page(method: str) -> None:
    original = getattr(RDSResponse, method)

    def paged(self: RDSResponse) -> ActionResult:
        return PaginatedResult(original(self).result)

    setattr(RDSResponse, method, paged)
