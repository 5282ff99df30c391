# The global database that the clusters of both regions are members of (aurora_cluster makes those). It stands in the primary region.

# No database name here: it is given to the primary cluster. Given here too, it would be read back late or not at all, and
# a plan would want to replace the whole database for it.
resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = var.naming.names.aurora_global
  engine                    = var.engine
  engine_version            = var.engine_version
  storage_encrypted         = true

  # Environments must be destroyable by a pipeline.
  deletion_protection = false
  force_destroy       = true

  tags = merge(var.naming.tags, { Name = var.naming.names.aurora_global })

  timeouts {
    create = "30m"
    update = "90m"
    delete = "30m"
  }
}
