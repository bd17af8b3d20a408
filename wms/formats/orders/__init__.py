"""Order exports of every platform as one kind of row; which columns mean what is data (config/order_profiles)."""
