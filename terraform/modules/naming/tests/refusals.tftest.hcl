# One run per refused input.

variables {
  environment_suffix = "demo"
  dr_role            = "primary"
  environment        = "staging"
  cost_center        = "4711"
  owner              = "owner@example.net"
}

run "refuses_capitals" {
  command = plan

  variables {
    environment_suffix = "Demo"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_too_short_suffix" {
  command = plan

  variables {
    environment_suffix = "ab"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_too_long_suffix" {
  command = plan

  variables {
    environment_suffix = "a12345678901234567890"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_leading_digit" {
  command = plan

  variables {
    environment_suffix = "1demo"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_trailing_hyphen" {
  command = plan

  variables {
    environment_suffix = "demo-"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_double_hyphen" {
  command = plan

  variables {
    environment_suffix = "de--mo"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_interpolation" {
  command = plan

  variables {
    environment_suffix = "$${path}"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_quote" {
  command = plan

  variables {
    environment_suffix = "de\"mo"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_newline" {
  command = plan

  variables {
    environment_suffix = "demo\n"
  }

  expect_failures = [var.environment_suffix]
}

run "refuses_unknown_role" {
  command = plan

  variables {
    dr_role = "standby"
  }

  expect_failures = [var.dr_role]
}

run "refuses_tag_semicolon" {
  command = plan

  variables {
    environment = "a;b"
  }

  expect_failures = [var.environment]
}

run "refuses_empty_tag" {
  command = plan

  variables {
    environment = ""
  }

  expect_failures = [var.environment]
}

run "refuses_reserved_tag" {
  command = plan

  variables {
    environment = "AWS:prod"
  }

  expect_failures = [var.environment]
}

run "refuses_tag_newline" {
  command = plan

  variables {
    cost_center = "4711\n"
  }

  expect_failures = [var.cost_center]
}

run "refuses_trailing_space" {
  command = plan

  variables {
    cost_center = "4711 "
  }

  expect_failures = [var.cost_center]
}

run "refuses_long_tag" {
  command = plan

  variables {
    cost_center = join("", [for index in range(257) : "x"])
  }

  expect_failures = [var.cost_center]
}

run "refuses_reserved_cost_center" {
  command = plan

  variables {
    cost_center = "aws:4711"
  }

  expect_failures = [var.cost_center]
}

run "refuses_owner_with_comma" {
  command = plan

  variables {
    owner = "a,b@example.net"
  }

  expect_failures = [var.owner]
}
