"""The payments API's function: books payments in the cluster that writes, and tells whether this region can."""
