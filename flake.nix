{
  description = "Builds, boots and proves a self-hosted Matrix stack";

  # The first stable branch with Go 1.26, which go.mod asks for.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      # The images of the stack are made for this system alone.
      each = f: lib.genAttrs [ "x86_64-linux" ] (system: f nixpkgs.legacyPackages.${system});
      lock = builtins.fromJSON (builtins.readFile ./stack/images/images.lock.json);
      upstream =
        image:
        {
          repository = null;
          digest = null;
        }
        // (image.upstream or { });
    in
    {
      # What the stack runs, from the lock that Go embeds: version, upstream digest (null where none is known) and the
      # digest that building must give.
      lib.images = lib.listToAttrs (
        map (
          image:
          lib.nameValuePair image.name {
            inherit (image) version;
            inherit (upstream image) repository digest;
            built = image.digest or null;
          }
        ) lock.images
      );

      packages = each (pkgs: rec {
        default = stackctl;
        stackctl = pkgs.buildGo126Module {
          pname = "stackctl";
          version = self.shortRev or "dirty";
          src = self;
          # TestFlakeKnowsTheDependencies says the right one when go.mod changes.
          vendorHash = "sha256-1nNYJ6PhFiAEEgnYUR6RSGT76zj4zpj/Ngzm+7pGDmA=";
          tags = [ "goolm" ];
          env.CGO_ENABLED = 0;
          preCheck = "export HOME=$TMPDIR";
          meta.mainProgram = "stackctl";
        };
      });

      # nix run .#acceptance -- --feature bridges
      apps = each (pkgs: rec {
        default = acceptance;
        acceptance = {
          type = "app";
          program = lib.getExe (
            pkgs.writeShellApplication {
              name = "acceptance";
              runtimeInputs = [
                self.packages.${pkgs.system}.stackctl
              ]
              ++ self.devShells.${pkgs.system}.default.nativeBuildInputs;
              text = ''exec stackctl acceptance --features ${./features} "$@"'';
            }
          );
          meta.description = "Build, boot and prove the stack";
        };
      });

      devShells = each (pkgs: {
        default = pkgs.mkShell {
          nativeBuildInputs = with pkgs; [
            apt # resolves Debian packages when an image is locked anew
            chromium # scenarios in a real browser
            docker-client
            dpkg
            gnumake
            go_1_26
            python3
            shellcheck
            uv
          ];
          GOFLAGS = "-tags=goolm";
          CGO_ENABLED = "0";
        };
      });

      checks = each (pkgs: {
        inherit (self.packages.${pkgs.system}) stackctl; # building it runs the unit tests
        shell = pkgs.runCommand "shellcheck" { nativeBuildInputs = [ pkgs.shellcheck ]; } ''
          shellcheck ${self}/scripts/setup ${self}/.ci/run && touch $out
        '';
        format = pkgs.runCommand "nixfmt" { nativeBuildInputs = [ pkgs.nixfmt ]; } ''
          nixfmt --check ${self}/flake.nix && touch $out
        '';
        lock =
          assert lib.all (
            image:
            builtins.all (digest: digest == null || builtins.match "sha256:[0-9a-f]{64}" digest != null) [
              (upstream image).digest
              (image.digest or null)
            ]
          ) lock.images;
          pkgs.emptyFile;
      });

      formatter = each (pkgs: pkgs.nixfmt-tree);
    };
}
