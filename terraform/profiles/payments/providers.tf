# default_tags catches whatever a module might forget; modules tag by themselves as well, with the role that fits the resource.
# max_retries: the provider's own 25 attempts, each later than the one before, keep a refused call waiting for hours.

provider "aws" {
  alias       = "primary"
  region      = local.primary_region
  max_retries = 8

  default_tags {
    tags = module.naming["primary"].tags
  }
}

provider "aws" {
  alias       = "secondary"
  region      = local.secondary_region
  max_retries = 8

  default_tags {
    tags = module.naming["secondary"].tags
  }
}
